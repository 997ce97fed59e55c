"""Four exchanges on loopback that speak the real protocols."""
