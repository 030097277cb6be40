package dev.serverevents.testing;

import dev.serverevents.ServerEventsOptions;
import dev.serverevents.ServerEventsVerticle;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A real Redis. */
record RedisTestBroker(TestRedis redis) implements TestBroker {

  private static final Vertx VERTX = Vertx.vertx();

  @Override
  public List<String> allChannels() {
    return redis.allChannels();
  }

  @Override
  public int subscribers(String channel) {
    return redis.command("PUBSUB", "NUMSUB", channel).get(1).toInteger();
  }

  @Override
  public int publish(String channel, String payload) {
    return redis.command("PUBLISH", channel, payload).toInteger();
  }

  @Override
  public Subscribed subscribe(List<String> channels, Consumer<String> handler) {
    var client = Redis.createClient(VERTX, redis.url());
    var connection = Await.result(client.connect());
    connection.handler(push -> received(push, handler));
    var subscribe = Request.cmd(Command.SUBSCRIBE);
    channels.forEach(subscribe::arg);
    Await.result(connection.send(subscribe));
    Await.until(() -> redis.allChannels().containsAll(channels));
    return () -> Await.result(client.close());
  }

  private static void received(Response push, Consumer<String> handler) {
    if (push.size() == 3 && push.get(0).toString().equals("message")) {
      handler.accept(push.get(2).toString());
    }
  }

  @Override
  public void gap(Retained... missed) {
    var commands = new ArrayList<Request>();
    commands.add(Request.cmd(Command.CLIENT).arg("KILL").arg("TYPE").arg("pubsub"));
    for (var event : missed) {
      commands.addAll(TestRedis.retainedEmit(event.name(), event.id(), event.payload()));
    }
    redis.transaction(commands);
  }

  @Override
  public void refusePublish() {
    redis.command("ACL", "SETUSER", "default", "-publish");
  }

  @Override
  public void permitPublish() {
    redis.command("ACL", "SETUSER", "default", "+publish");
  }

  @Override
  public void refuseSubscribe() {
    redis.command("ACL", "SETUSER", "default", "resetchannels", "&$inbox:*");
  }

  @Override
  public void keep(String key, String value, long ms) {
    redis.command("SET", key, value, "PX", ms);
  }

  @Override
  public String kept(String key) {
    return Objects.toString(redis.command("GET", key), null);
  }

  @Override
  public boolean exists(String key) {
    return redis.command("EXISTS", key).toInteger() == 1;
  }

  @Override
  public long ttl(String key) {
    return redis.command("PTTL", key).toLong();
  }

  @Override
  public List<String> list(String key) {
    return strings(redis.command("LRANGE", key, 0, -1));
  }

  @Override
  public void push(String key, List<String> jobs) {
    redis.command("RPUSH", Stream.concat(Stream.of(key), jobs.stream()).toArray());
  }

  @Override
  public List<String> members(String key) {
    return strings(redis.command("SMEMBERS", key));
  }

  @Override
  public void addMember(String key, String member) {
    redis.command("SADD", key, member);
  }

  private static List<String> strings(Response list) {
    return list.stream().map(Response::toString).toList();
  }

  @Override
  public List<String> connections() {
    return redis.connections();
  }

  @Override
  public List<String> lastingKeys() {
    return redis.lastingKeys();
  }

  @Override
  public void clear() {
    redis.command("FLUSHALL");
  }

  @Override
  public TestVerticle verticle(ServerEventsOptions options) {
    var verticle = new ServerEventsVerticle(options);
    return new TestVerticle(verticle, verticle::droppedPayloads);
  }

  @Override
  public String name() {
    return "Redis at redis://127.0.0.1";
  }

  @Override
  public ServerEventsOptions options() {
    return new ServerEventsOptions().setConnectionString(redis.url());
  }

  @Override
  public Link link() {
    var proxy = TcpProxy.before(redis);
    return new Link() {
      @Override
      public ServerEventsOptions lead(ServerEventsOptions options) {
        return options.setConnectionString(proxy.url());
      }

      @Override
      public void cut() {
        proxy.cut();
      }

      @Override
      public void mend() {
        proxy.mend();
      }

      @Override
      public void close() {
        proxy.close();
      }
    };
  }
}
