"""Readers of documents that are ZIP files of XML: Word, OpenDocument, EPUB."""
