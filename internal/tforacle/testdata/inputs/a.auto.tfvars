from_auto = "auto a"
