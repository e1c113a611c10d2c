"""Starting Acta and keeping it up: the database made ready, the port taken, web and worker supervised."""
