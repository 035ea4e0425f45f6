"""Sessions of professionals in the trust space (EDC PSC): opened through the region's proxy, used, traced, closed."""
