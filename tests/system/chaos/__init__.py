"""The whole system as real processes, with everything failing at random, counted from outside."""
