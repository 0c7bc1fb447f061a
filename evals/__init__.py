"""Evals that one can believe: sets of questions, pure metrics, baselines, runs on disk, a report and a gate."""
