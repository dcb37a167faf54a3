"""Behind ``rct verify``: a bundle's files, golden scores, layers and decisions, held against its original's."""
