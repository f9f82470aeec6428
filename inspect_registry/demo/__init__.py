"""The demo district: made up, deterministic from a seed and a start day, written by the services that users use.

Nothing in it is a real enterprise, person or record; names of towns and roads are real so that it reads like Jiading.
"""
