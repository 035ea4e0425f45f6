"""The pages of Pro Santé Connect. They parse, ask the room and show."""
