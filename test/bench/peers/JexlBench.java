// What Commons JEXL takes for the condition of jexl_bench.cc on the same body: with the script kept,
// and parsing it every time. Prints two numbers, in nanoseconds.
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.jexl3.JexlBuilder;
import org.apache.commons.jexl3.JexlContext;
import org.apache.commons.jexl3.JexlEngine;
import org.apache.commons.jexl3.JexlScript;
import org.apache.commons.jexl3.MapContext;

public class JexlBench {
  static final String CONDITION =
      "trigger.payload.ref == \"refs/heads/main\" && "
          + "trigger.payload.repository.full_name.startsWith(\"acme/\")";
  static final int ROUNDS = 7;

  interface Judgement {
    Object judge();
  }

  // The best of several rounds: what the compiled code takes, without pauses.
  static double nanosecondsPer(Judgement judgement, int count) {
    double best = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; ++round) {
      long matches = 0;
      long start = System.nanoTime();
      for (int i = 0; i < count; ++i) {
        if (Boolean.TRUE.equals(judgement.judge())) ++matches;
      }
      if (matches != count) throw new IllegalStateException("no match");
      best = Math.min(best, (double) (System.nanoTime() - start) / count);
    }
    return best;
  }

  public static void main(String[] arguments) throws Exception {
    JexlEngine engine = new JexlBuilder().create();
    // The body is JSON, and JSON without unusual escapes is an expression of the language.
    String body = Files.readString(Path.of(arguments[0]));
    Object payload = engine.createExpression(body).evaluate(new MapContext());
    Map<String, Object> trigger = new HashMap<>();
    trigger.put("payload", payload);
    JexlContext context = new MapContext();
    context.set("trigger", trigger);
    JexlScript script = engine.createScript(CONDITION);
    double cached = nanosecondsPer(() -> script.execute(context), 300_000);
    double parsing = nanosecondsPer(() -> engine.createScript(CONDITION).execute(context), 30_000);
    System.out.printf("%.0f %.0f%n", cached, parsing);
  }
}
