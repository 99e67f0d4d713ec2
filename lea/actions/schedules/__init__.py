"""What people want asked at set times, said in words."""
