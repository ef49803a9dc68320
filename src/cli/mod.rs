//! What did the user ask for? One file a subcommand.
