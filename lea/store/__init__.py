"""The only SQL: engine, tables, migrations and one repository per noun."""
