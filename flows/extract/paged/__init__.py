"""Readers of printed pages: lines with boxes, as ALTO, hOCR, PAGE XML and PDF hold them."""
