-- How often the days of a month were made anew: what a process keeps of a month in memory holds as long as this stands still.
CREATE TABLE cost_month_version (
  cluster_id smallint NOT NULL REFERENCES cluster (id),
  month date NOT NULL,
  version bigint NOT NULL,
  PRIMARY KEY (cluster_id, month)
);
