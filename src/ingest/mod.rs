//! Where do articles come from? Files, folders and standard input, one format a file.
