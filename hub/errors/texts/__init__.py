"""The texts of issue codes (TOML); a package so that they are installed with the program."""
