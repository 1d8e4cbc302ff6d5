"""PDF: what is printed on its pages, put back into paragraphs, tables and headings."""
