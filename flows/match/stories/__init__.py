"""Stories: passages gathered round their earliest carrier, brought up to date, and their witnesses."""
