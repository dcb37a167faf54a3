"""Behind ``rct doctor``: what is installed, what the machine can do, and what is known not to go together.

Everything here must work where something is broken, so it imports only the standard library, and asks for the rest.
"""
