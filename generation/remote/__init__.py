"""A worker that reaches the studio by HTTPS alone: no database, no Redis, no buckets."""
