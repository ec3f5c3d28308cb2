"""Pieces of a page, rendered at build time."""

from components.card import Product, render_card
from components.grid import render_grid
