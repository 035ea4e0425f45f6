"""A few stories told in a real browser, as people live them: what unit tests of rooms cannot show together.

Screenshots go to ``DCC_SCREENSHOTS`` (a temporary folder otherwise; ``make prove`` keeps them under ``docs/proofs``). Each page
that is photographed is also read by axe: a serious or critical violation of WCAG fails the story.
"""
