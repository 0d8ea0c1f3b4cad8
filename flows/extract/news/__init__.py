"""Readers of what newsrooms and wikis exchange: NITF, NewsML-G2, MediaWiki pages."""
