package dev.serverevents.app.conformance;

import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * A worker of the adapter, with the list from which it takes its jobs.
 *
 * @param name of its jobs, and of the list
 * @param id what the adapter says that its id is
 * @param recovers whether it gives back the jobs of workers that are gone
 */
record TestedWorker(Rig rig, String name, String id, boolean recovers) {

  /** Has the adapter work on the list of a name that no case had before. */
  static TestedWorker start(Rig rig, int concurrency) {
    return start(rig, rig.name(), concurrency);
  }

  static TestedWorker start(Rig rig, String name, int concurrency) {
    var in = new JsonObject().put("name", name).put("list", name).put("concurrency", concurrency);
    var out = rig.adapter().call("work", in);
    return new TestedWorker(
        rig,
        name,
        String.valueOf(out.getValue("workerId")),
        Boolean.TRUE.equals(out.getValue("recovers")));
  }

  /** An inbox for the jobs of the name. */
  String inbox() {
    return "$inbox:" + name + ":conformance.1";
  }

  String list() {
    return "$jobs:{" + name + "}";
  }

  String ownList() {
    return list() + ":" + id;
  }

  String workers() {
    return list() + ":workers";
  }

  String channel() {
    return "$worker:" + id;
  }

  /** A job with data. */
  JsonObject job(String jobId) {
    return Rig.key(name, jobId).put("deadline", 60_000).put("data", new JsonObject().put("n", 1));
  }

  /** A job that is claimed, whose result goes to its own channel. */
  JsonObject claimed(String jobId) {
    return job(jobId).put("claimTo", inbox());
  }

  /** A job that is claimed, whose result goes to the inbox. */
  JsonObject direct(String jobId) {
    return claimed(jobId).put("replyTo", inbox());
  }

  /** Adds a job to the list. */
  void push(JsonObject job) {
    rig.peer().send("RPUSH", list(), job.encode());
  }

  /** Returns when the adapter has begun a job. */
  JsonObject begun(String jobId) {
    return rig.adapter()
        .events()
        .await(
            "job",
            event -> name.equals(event.getValue("name")) && jobId.equals(id(event)),
            "the job " + jobId + " of " + name,
            rig.adapter().limit());
  }

  private static String id(JsonObject event) {
    return String.valueOf(event.getValue("id"));
  }

  private boolean isOver(String jobId, long ms) {
    return rig.adapter()
            .events()
            .take(
                "over", event -> name.equals(event.getValue("name")) && jobId.equals(id(event)), ms)
        != null;
  }

  /** Returns when the adapter says that a job is over. */
  void over(String jobId) {
    Check.that(
        "the job " + jobId + " is over for the worker",
        isOver(jobId, Check.PATIENCE),
        "an event \"over\"",
        "none");
  }

  /** A job must go on. */
  void goesOn(String jobId) {
    Check.that("the job " + jobId, !isOver(jobId, 300), "goes on", "over");
  }

  /** Adds a job to the list, and returns when the adapter has begun it. */
  JsonObject begin(JsonObject job) {
    push(job);
    return begun(job.getString("id"));
  }

  /** Has the handler of a job return a result. */
  void finish(String jobId, String args) {
    rig.adapter().call("finish", Rig.key(name, jobId).put("args", args));
  }

  /** The event with which a job ends. */
  String event(String jobId, String args) {
    var inner = args.substring(1, args.length() - 1);
    return "[\"" + name + "\",\"" + jobId + "\"" + (inner.isEmpty() ? "" : "," + inner) + "]";
  }

  String claim(String jobId) {
    return "[\"$claim\",\"%s\",\"%s\",\"%s\",{\"givesBack\":true}]".formatted(name, jobId, id);
  }

  /** Tells the worker something about a job. */
  void tell(String signal, String jobId) {
    tell("[\"%s\",\"%s\",\"%s\",\"%s\"]".formatted(signal, name, jobId, inbox()));
  }

  void tell(String payload) {
    rig.peer().publish(channel(), payload);
  }

  /** The worker has forgotten all of its jobs soon. */
  void awaitDone() {
    Check.soon(
        "the job is removed from the worker's own list",
        () -> rig.peer().integer("LLEN", ownList()) == 0,
        () -> rig.peer().list("LRANGE", ownList(), 0, -1));
  }

  /** Returns when it has its lease, and serves its name. */
  void awaitLease() {
    List.of(channel(), "$serves:" + name).forEach(each -> rig.peer().awaitSubscribers(each, 1));
  }
}
