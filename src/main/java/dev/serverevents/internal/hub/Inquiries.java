package dev.serverevents.internal.hub;

import dev.serverevents.Cause;
import dev.serverevents.EmitOptions;
import dev.serverevents.UnavailableException;
import dev.serverevents.internal.insight.Question;
import dev.serverevents.internal.insight.Reporter;
import dev.serverevents.internal.journal.Journal;
import dev.serverevents.internal.local.Answers;
import dev.serverevents.internal.local.Command;
import dev.serverevents.internal.local.Deployments;
import dev.serverevents.internal.local.Notice;
import dev.serverevents.internal.local.Subscriber;
import dev.serverevents.internal.loop.Clock;
import dev.serverevents.internal.loop.Clocks;
import dev.serverevents.internal.loop.Mailbox;
import dev.serverevents.internal.wire.EventKey;
import dev.serverevents.internal.wire.WireFormat;
import dev.serverevents.internal.wire.WireFormat.Payload;
import dev.serverevents.internal.wire.WireNames;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What servers ask each other: a question goes to all of them on one channel, and the answers come
 * to an inbox of the question. Used on the verticle's context only.
 */
final class Inquiries {

  private static final Logger LOG = LoggerFactory.getLogger(Inquiries.class);

  private static final String ASK = "$ask";
  private static final String ANSWER = "$answer";
  private static final String GONE = "$gone";
  private static final String FROM = "from";

  /** What stands for the event in whose place a message is published. */
  private static final EventKey KEY = new EventKey(ASK, "");

  /** So long servers are given to answer, in ms. */
  private static final long PATIENCE_MS = 1_000;

  /** How many questions may be asked, and answered, at a time. */
  private static final int MAX_AT_A_TIME = 64;

  /** How many servers are heard. */
  private static final int MAX_ANSWERS = 256;

  private final Context context;
  private final Broker broker;
  private final Hub hub;
  private final Mailbox<Command> verticle;
  private final Clock clock;
  private final Journal journal;
  private final Deployments deployments;
  private final Reporter reporter;
  private final Mailbox<Notice> notices;
  private final Control control = new Control();
  private final Set<Inquiry> asking = new HashSet<>();
  private int answering;

  /** How many verticles were there when that was last known. */
  private long known;

  Inquiries(Vertx vertx, Context context, Broker broker, Hub hub, Mailbox<Command> verticle) {
    this.context = context;
    this.broker = broker;
    this.hub = hub;
    this.verticle = verticle;
    clock = Clocks.of(vertx);
    journal = Journal.of(vertx);
    deployments = new Deployments(vertx);
    reporter = new Reporter(vertx, context);
    notices =
        new Mailbox<>(
            (ContextInternal) context,
            notice -> {
              notice.deliver();
              return null;
            });
  }

  /** Answers from now on. */
  void serve() {
    hub.listen(control);
  }

  /** Asks all servers, this one included. */
  void ask(JsonObject question, boolean isListening, Promise<Answers> answers) {
    if (asking.size() >= MAX_AT_A_TIME) {
      answers.fail(
          new UnavailableException(
              Cause.LIMIT, MAX_AT_A_TIME + " questions to all servers are asked already"));
      return;
    }
    new Inquiry(question, answers).begin(isListening);
  }

  /** Tells others, if nobody here can tell later, what has become of the waits that had to end. */
  Future<Void> sayGoodbye() {
    return isLast() ? reporter.noted().onSuccess(noted -> bequeath()) : Future.succeededFuture();
  }

  private void bequeath() {
    var told = reporter.bequest();
    if (!told.isEmpty()) {
      publish(WireNames.SERVERS, GONE, journal.server(), new JsonObject().put("steps", told));
    }
  }

  private boolean isLast() {
    return deployments.all().stream()
        .filter(each -> each.options().isListen())
        .allMatch(each -> each.commands() == verticle);
  }

  /** Gives up all that is still asked. */
  void close() {
    List.copyOf(asking).forEach(Inquiry::end);
  }

  private void publish(String channel, String what, String who, JsonObject said) {
    broker
        .publish(channel, WireFormat.encode(what, who, said), KEY, EmitOptions.DEFAULT)
        .onFailure(cause -> LOG.debug("{} was not published on {}", what, channel, cause));
  }

  /** One verticle speaks for all of its Vert.x. */
  private boolean isSpeaker() {
    return deployments.all().stream()
        .filter(each -> each.options().isListen())
        .findFirst()
        .filter(first -> first.commands() == verticle)
        .isPresent();
  }

  private void answer(String inbox, JsonObject asked) {
    if (!inbox.startsWith(WireNames.inbox("")) || journal.server().equals(asked.getValue(FROM))) {
      return;
    }
    answering++;
    reporter
        .answer(Question.of(asked))
        .onComplete(told -> answering--)
        .onSuccess(told -> publish(inbox, ANSWER, journal.server(), told));
  }

  private void heard(EventKey what, JsonObject said) {
    if (what.name().equals(ASK) && answering < MAX_AT_A_TIME) {
      answer(what.id(), said);
    } else if (what.name().equals(GONE) && !what.id().equals(journal.server())) {
      reporter.inherit(said.getJsonArray("steps"));
    }
  }

  /** A subscriber on the verticle's own context. */
  private abstract class OfServers implements Subscriber {

    private boolean isHeard;

    boolean isHeard() {
      return isHeard;
    }

    @Override
    public Mailbox<Notice> notices() {
      return notices;
    }

    @Override
    public boolean takes(EventKey key) {
      return key.name().startsWith(EventKey.RESERVED);
    }

    @Override
    public boolean isLasting() {
      return true;
    }

    @Override
    public boolean isInbox() {
      return true;
    }

    @Override
    public boolean hasEnded() {
      return false;
    }

    @Override
    public void subscribed(long epoch) {
      isHeard = true;
    }

    @Override
    public void lost() {
      isHeard = false;
    }

    @Override
    public void ended(Throwable cause) {
      isHeard = false;
    }
  }

  /** The channel on which all servers are asked. */
  private final class Control extends OfServers {

    @Override
    public String channel() {
      return WireNames.SERVERS;
    }

    @Override
    public void arrived(Payload payload) {
      if (payload.args().get(0) instanceof JsonObject said && isSpeaker()) {
        try {
          heard(payload.key(), said);
        } catch (RuntimeException malformed) {
          LOG.debug("What came on {} was not understood", channel(), malformed);
        }
      }
    }

    @Override
    public void ended(Throwable cause) {
      super.ended(cause);
      if (Cause.of(cause) == Cause.REDIS_REFUSED) {
        LOG.info("This server is in no overview of another: {}", cause.getMessage());
      }
    }
  }

  /** A question that is being asked. */
  private final class Inquiry extends OfServers {

    private final String channel = WireNames.inbox(UUID.randomUUID().toString());
    private final JsonObject question;
    private final Promise<Answers> answers;
    private final List<JsonObject> all = new ArrayList<>();
    private final Set<String> servers = new HashSet<>();
    private long timer = -1;
    private long heard;
    private boolean isCounted;
    private boolean isOwnThere;

    Inquiry(JsonObject question, Promise<Answers> answers) {
      this.question = question.copy().put(FROM, journal.server());
      this.answers = answers;
    }

    @Override
    public String channel() {
      return channel;
    }

    void begin(boolean isListening) {
      asking.add(this);
      reporter
          .answer(Question.of(question))
          .onSuccess(own -> own(own, isListening))
          .onFailure(this::fail);
      if (isListening) {
        timer = clock.setTimer(context, PATIENCE_MS, late -> end());
        hub.listen(this);
        broker.countSubscribers(List.of(WireNames.SERVERS)).onSuccess(this::counted);
      }
    }

    private void own(JsonObject own, boolean isListening) {
      isOwnThere = true;
      all.add(0, own);
      servers.add(journal.server());
      heard += own.getLong("verticles");
      if (isListening) {
        endIfComplete();
      } else {
        end();
      }
    }

    private void counted(List<Long> counts) {
      if (counts.get(0) >= 0) {
        known = counts.get(0);
        isCounted = true;
        endIfComplete();
      }
    }

    @Override
    public void subscribed(long epoch) {
      if (!isHeard()) {
        publish(WireNames.SERVERS, ASK, channel, question);
      }
      super.subscribed(epoch);
    }

    @Override
    public void arrived(Payload payload) {
      if (payload.key().name().equals(ANSWER)
          && payload.args().get(0) instanceof JsonObject told
          && told.getValue("verticles") instanceof Number verticles
          && servers.size() < MAX_ANSWERS
          && servers.add(payload.key().id())) {
        all.add(told);
        heard += verticles.longValue();
        endIfComplete();
      }
    }

    private void endIfComplete() {
      if (isOwnThere && isCounted && control.isHeard() && heard >= known) {
        end();
      }
    }

    void end() {
      if (leave()) {
        answers.complete(new Answers(List.copyOf(all), (int) Math.max(0, known - heard)));
      }
    }

    private void fail(Throwable unexpected) {
      if (leave()) {
        answers.fail(unexpected);
      }
    }

    private boolean leave() {
      clock.cancel(timer);
      hub.leave(this);
      return asking.remove(this);
    }
  }
}
