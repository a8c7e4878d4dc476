"""Jobs: registering facilities, sequencing the audit, verifying it, and the content digest of the store."""
