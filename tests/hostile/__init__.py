"""What somebody would send who means harm: texts, files, addresses, settings; and the doors that they are sent to."""
