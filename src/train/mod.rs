//! How is a model made? Losses, schedules, and the loop that fits a checkpoint to labelled sets.
