"""综合一次查: from checks to visits. One row of `visit` is one knock on one door."""
