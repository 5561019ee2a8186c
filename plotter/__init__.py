"""From drawings to a sheet, to motion, to a pen on paper."""
