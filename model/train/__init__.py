"""The training of the shipped networks, and of a user's own table: recipes, fitting, evaluation, cards."""
