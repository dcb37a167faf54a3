"""Files as people have them: with a byte order mark, Windows line ends, a wrong encoding, or something else inside."""
