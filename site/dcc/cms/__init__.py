"""What the Wagtail admin needs beyond the rooms: home, menus, regional settings. No clinical data ever enters Wagtail."""
