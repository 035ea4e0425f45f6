import java.io.File;
import org.apache.pdfbox.preflight.PreflightDocument;
import org.apache.pdfbox.preflight.ValidationResult;
import org.apache.pdfbox.preflight.exception.SyntaxValidationException;
import org.apache.pdfbox.preflight.parser.PreflightParser;

/** Prints one line per finding, « file, tab, code, tab, detail »; nothing for a conformant PDF/A-1b. */
public class Preflight {
    public static void main(String[] files) throws Exception {
        for (String file : files) {
            ValidationResult result;
            PreflightParser parser = new PreflightParser(new File(file));
            try {
                parser.parse();
                try (PreflightDocument document = parser.getPreflightDocument()) {
                    document.validate();
                    result = document.getResult();
                }
            } catch (SyntaxValidationException error) {
                result = error.getResult();
            }
            for (ValidationResult.ValidationError error : result.getErrorsList()) {
                System.out.println(file + "\t" + error.getErrorCode() + "\t" + error.getDetails());
            }
            System.out.println(file + "\tchecked\t" + result.isValid());
        }
    }
}
