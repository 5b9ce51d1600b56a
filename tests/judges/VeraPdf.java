import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.stream.Collectors;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.*;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.validation.profiles.RuleId;
import org.verapdf.pdfa.results.*;

/** Judges files until its input ends: a line in ("3a,ua1", a tab, a path), a line of JSON out. */
public class VeraPdf {
  private static final int MOST_OF_A_RULE = 3; // places told of one broken rule

  public static void main(String[] none) throws IOException {
    PrintStream answers = System.out; // the libraries' own lines go elsewhere
    System.setOut(System.err);
    VeraGreenfieldFoundryProvider.initialise();
    BufferedReader asked = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = asked.readLine()) != null; ) {
      String[] parts = line.split("\t", 2);
      answers.write((judged(parts[0].split(","), parts[1]) + "\n").getBytes(StandardCharsets.UTF_8));
      answers.flush();
    }
  }

  /** {"checks": n, "broken": [{"profile", "clause", "message", "where": […]}]}, or {"error": …}. */
  private static String judged(String[] profiles, String path) {
    int checks = 0;
    Map<String, List<String>> broken = new LinkedHashMap<>();
    for (String profile : profiles) {
      PDFAFlavour flavour = PDFAFlavour.fromString(profile);
      VeraPDFFoundry foundry = Foundries.defaultInstance();
      try (PDFAParser parser = foundry.createParser(new FileInputStream(path), flavour);
          PDFAValidator validator = foundry.createValidator(flavour, false)) {
        ValidationResult result = validator.validate(parser);
        checks += result.getTotalAssertions();
        for (TestAssertion each : result.getTestAssertions()) {
          if (each.getStatus() != TestAssertion.Status.FAILED) continue;
          RuleId rule = each.getRuleId();
          String head = object("profile", profile, "clause", rule.getClause() + "-" + rule.getTestNumber(),
              "message", each.getMessage());
          List<String> places = broken.computeIfAbsent(head, unseen -> new ArrayList<>());
          if (places.size() < MOST_OF_A_RULE) places.add(each.getLocation().getContext());
        }
      } catch (Throwable error) { // also a stack that is too small for a file
        return "{" + object("error", error.toString()) + "}";
      }
    }
    String rules = broken.entrySet().stream()
        .map(each -> "{" + each.getKey() + ",\"where\":["
            + each.getValue().stream().map(VeraPdf::quoted).collect(Collectors.joining(",")) + "]}")
        .collect(Collectors.joining(","));
    return "{\"checks\":" + checks + ",\"broken\":[" + rules + "]}";
  }

  private static String object(String... pairs) {
    StringBuilder made = new StringBuilder();
    for (int i = 0; i < pairs.length; i += 2)
      made.append(i == 0 ? "" : ",").append(quoted(pairs[i])).append(":").append(quoted(pairs[i + 1]));
    return made.toString();
  }

  private static String quoted(String text) {
    StringBuilder made = new StringBuilder("\"");
    for (char each : text.toCharArray())
      if (each == '"' || each == '\\') made.append('\\').append(each);
      else if (each < 0x20) made.append(String.format("\\u%04x", (int) each));
      else made.append(each);
    return made.append('"').toString();
  }
}
