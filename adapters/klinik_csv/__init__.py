"""Private clinics: the hub's own CSV/XLSX template, one row per visit."""
