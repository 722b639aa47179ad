"""Application services shared by the command line, the window and the function."""
