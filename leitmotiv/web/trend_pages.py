"""The pages that stand beside `/clusters`: what else there is to see of trends, and how they are changed by hand."""

from leitmotiv.web import chain, compare, diverse, editing, slideshow, timeline

TREND_PAGES = (editing, timeline, compare, chain, diverse, slideshow)
