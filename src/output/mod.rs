//! Where do rows go? Tables in one file format each, complete or absent.
