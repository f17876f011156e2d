from_auto = "auto b"
from_auto_json = "auto b"
