"""Behind ``rct bench``: what the user names becomes contenders, a plan and pictures, and a report comes back."""
