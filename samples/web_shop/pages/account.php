<?php
declare(strict_types=1);

namespace WickAndWeft\Pages;

require_once __DIR__ . '/../lib/database.php';

/**
 * The page on which people open an account.
 */
final class Account
{
    private const YEAR = 31_536_000;

    public function __construct(private \PDO $database)
    {
    }

    /** Stores a new customer, and remembers them with a cookie. */
    public function open(): int
    {
        $email = strtolower(trim($_POST['email'] ?? ''));
        $statement = $this->database->prepare(
            'INSERT INTO customers (email, given_name, password_hash) VALUES (?, ?, ?)'
        );
        $hash = password_hash($_POST['password'], PASSWORD_DEFAULT);
        $statement->execute([$email, $_POST['given_name'], $hash]);
        setcookie('customer', $email, time() + self::YEAR);
        $_SESSION['customer'] = $email;

        return (int) $this->database->lastInsertId();
    }

    // Reads the orders of whoever is logged in.
    public function orders(): array
    {
        $sql = <<<SQL
            SELECT orders.id, orders.total, orders.paid_at
            FROM orders JOIN customers ON customers.id = orders.customer_id
            WHERE customers.email = ?
            SQL;
        $statement = $this->database->prepare($sql);
        $statement->execute([$_SESSION['customer']]);

        return $statement->fetchAll();
    }
}
?>
<form method="post" action="account.php">
  <label>E-mail <input type="email" name="email" required></label>
  <label>Name <input name="given_name"></label>
  <label>Password <input type="password" name="password"></label>
  <button>Open an account</button>
</form>
