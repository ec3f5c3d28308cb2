"""Structure of Python: of definitions one by one, of files, and between the files of a project."""
