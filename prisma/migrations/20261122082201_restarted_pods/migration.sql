-- Who was killed is asked of the few pods that restarted, not of every one.
CREATE INDEX pod_restarted ON pod (cluster_id) WHERE restart_count > 0;
