"""How many assets of a whole library lie where, without counting them one by one.

`models` has the number of each owner's kept assets by the hour that they were saved in, `triggers`
keep it in the transaction of every change, and `tally` answers from it: months, days, positions.
"""
