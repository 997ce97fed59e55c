"""What is told beside and below the list about one order, and what needs attention."""
