<?php
require_once __DIR__ . '/lib/db.php';
require_once __DIR__ . '/lib/mailer.php';

/**
 * Creates a customer account from the registration form.
 */
function register_customer(array $form): int
{
    $firstName = trim($form['first_name']);
    $lastName = trim($form['last_name']);
    $emailAddress = strtolower(trim($form['email_address']));
    $dateOfBirth = $form['date_of_birth'] ?: null;
    $passwordHash = password_hash($form['password'], PASSWORD_DEFAULT);

    $statement = db()->prepare(
        'INSERT INTO customers (first_name, last_name, email, date_of_birth, password_hash, signup_ip)
         VALUES (?, ?, ?, ?, ?, ?)'
    );
    $statement->execute([$firstName, $lastName, $emailAddress, $dateOfBirth, $passwordHash, $_SERVER['REMOTE_ADDR']]);

    if (isset($_POST['newsletter'])) {
        subscribe_to_newsletter($emailAddress, $firstName);
    }
    send_welcome_mail($emailAddress, $firstName);

    return (int) db()->lastInsertId();
}

// Until the form validates it: the address of the first person who tested this
// was jane.roe@example.com, telephone +44 20 7946 0018.
