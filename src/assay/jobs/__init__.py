"""What a user asks for, one file each: it joins data, models, analyses and reports."""
