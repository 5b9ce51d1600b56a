"""What an attendee carries away, made purely from a `Place`: calendar, QR, badge."""
