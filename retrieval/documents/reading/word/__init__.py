"""Word documents (docx): what Word prints, as blocks."""
